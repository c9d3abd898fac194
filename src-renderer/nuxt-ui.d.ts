import type UAlert from '@nuxt/ui/components/Alert.vue'
import type UApp from '@nuxt/ui/components/App.vue'
import type UBadge from '@nuxt/ui/components/Badge.vue'
import type UBreadcrumb from '@nuxt/ui/components/Breadcrumb.vue'
import type UButton from '@nuxt/ui/components/Button.vue'
import type UCard from '@nuxt/ui/components/Card.vue'
import type UCheckbox from '@nuxt/ui/components/Checkbox.vue'
import type UCollapsible from '@nuxt/ui/components/Collapsible.vue'
import type UCommandPalette from '@nuxt/ui/components/CommandPalette.vue'
import type UDropdownMenu from '@nuxt/ui/components/DropdownMenu.vue'
import type UFormField from '@nuxt/ui/components/FormField.vue'
import type UIcon from '@nuxt/ui/components/Icon.vue'
import type UInput from '@nuxt/ui/components/Input.vue'
import type UInputMenu from '@nuxt/ui/components/InputMenu.vue'
import type UInputNumber from '@nuxt/ui/components/InputNumber.vue'
import type UKbd from '@nuxt/ui/components/Kbd.vue'
import type ULink from '@nuxt/ui/components/Link.vue'
import type UModal from '@nuxt/ui/components/Modal.vue'
import type UPopover from '@nuxt/ui/components/Popover.vue'
import type UProgress from '@nuxt/ui/components/Progress.vue'
import type URadioGroup from '@nuxt/ui/components/RadioGroup.vue'
import type USelect from '@nuxt/ui/components/Select.vue'
import type USelectMenu from '@nuxt/ui/components/SelectMenu.vue'
import type USeparator from '@nuxt/ui/components/Separator.vue'
import type USkeleton from '@nuxt/ui/components/Skeleton.vue'
import type USlideover from '@nuxt/ui/components/Slideover.vue'
import type USlider from '@nuxt/ui/components/Slider.vue'
import type USwitch from '@nuxt/ui/components/Switch.vue'
import type UTabs from '@nuxt/ui/components/Tabs.vue'
import type UTextarea from '@nuxt/ui/components/Textarea.vue'
import type UTooltip from '@nuxt/ui/components/Tooltip.vue'

/** Components of Nuxt UI that templates use by name; the build imports them on its own. Add two lines for each new one. */
declare module 'vue' {
  export interface GlobalComponents {
    UAlert: typeof UAlert
    UApp: typeof UApp
    UBadge: typeof UBadge
    UBreadcrumb: typeof UBreadcrumb
    UButton: typeof UButton
    UCard: typeof UCard
    UCheckbox: typeof UCheckbox
    UCollapsible: typeof UCollapsible
    UCommandPalette: typeof UCommandPalette
    UDropdownMenu: typeof UDropdownMenu
    UFormField: typeof UFormField
    UIcon: typeof UIcon
    UInput: typeof UInput
    UInputMenu: typeof UInputMenu
    UInputNumber: typeof UInputNumber
    UKbd: typeof UKbd
    ULink: typeof ULink
    UModal: typeof UModal
    UPopover: typeof UPopover
    UProgress: typeof UProgress
    URadioGroup: typeof URadioGroup
    USelect: typeof USelect
    USelectMenu: typeof USelectMenu
    USeparator: typeof USeparator
    USkeleton: typeof USkeleton
    USlideover: typeof USlideover
    USlider: typeof USlider
    USwitch: typeof USwitch
    UTabs: typeof UTabs
    UTextarea: typeof UTextarea
    UTooltip: typeof UTooltip
  }
}
