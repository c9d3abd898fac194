import ui from '@nuxt/ui/vue-plugin'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import { createWindowRouter } from './router'
import { useSettingsStore } from './stores/settings'
import { useVaultStore } from './stores/vault'
import './styles/main.css'

const app = createApp(App).use(createPinia()).use(i18n)
await Promise.all([useSettingsStore().load(), useVaultStore().load()])
app.use(createWindowRouter()).use(ui).mount('#app')
