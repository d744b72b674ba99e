// How the panel is built: into the Python package that serves it, each file packed beside itself. Nothing is fetched from elsewhere at run time.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const BUILT = '../hotline1022/panel/built'

export default defineConfig({
  base: '/panel/assets/',
  plugins: [
    vue(),
    {
      name: 'packed',
      closeBundle() {
        for (const name of readdirSync(BUILT).filter((each) => /\.(js|css|svg)$/.test(each)))
          writeFileSync(`${BUILT}/${name}.gz`, gzipSync(readFileSync(`${BUILT}/${name}`), { level: 9 }))
      },
    },
  ],
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    assetsDir: '.',
    assetsInlineLimit: 0, // the Content-Security-Policy allows no data: URLs
    target: 'es2022',
    sourcemap: false,
  },
})
