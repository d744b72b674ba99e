// Light, dark, or as the system says: kept on this device.
import { ref, watch } from 'vue'

export type Theme = 'light' | 'dark' | 'system'

const STORED = 'hotline.theme'
const kept = localStorage.getItem(STORED)

export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')

watch(
  theme,
  (chosen) => {
    localStorage.setItem(STORED, chosen)
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
  },
  { immediate: true },
)
