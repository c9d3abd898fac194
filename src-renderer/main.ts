import ui from '@nuxt/ui/vue-plugin'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { closeIconApi } from './icons'
import { i18n } from './i18n'
import { createWindowRouter } from './router'
import { rememberStores } from './stores/forget'

closeIconApi()
createApp(App).use(createPinia().use(rememberStores)).use(i18n).use(createWindowRouter()).use(ui).mount('#app')
