// Where the panel begins.
import '@fontsource-variable/noto-sans/index.css'
import './styles/tokens.css'
import './styles/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { look } from './session'
import './theme'
import { language } from './words'

document.documentElement.lang = language.value
await look()
createApp(App).use(router).mount('#app')
