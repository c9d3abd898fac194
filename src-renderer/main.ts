import ui from '@nuxt/ui/vue-plugin'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import { createWindowRouter } from './router'
import './styles/main.css'

createApp(App).use(createPinia()).use(i18n).use(createWindowRouter()).use(ui).mount('#app')
