// The words of reports.
import type { AreaWords } from './area'

export const reports = {
  vi: {
    'rp.title': 'Báo cáo',
    'rp.told': 'Chọn kỳ rồi bấm dạng tệp. Kỳ chưa hết thì số liệu là tạm tính, ghi rõ trong báo cáo.',
    'rp.none': 'Không có báo cáo nào dành cho bạn.',
    'rp.week': 'Tuần {n}/{nam} (từ {ngay})',
    'rp.every_agency': 'Mọi cơ quan',
    'rp.place': 'Xã, phường (để trống: cả tỉnh)',
    'rp.making': 'Đang làm…',
    'rp.making_told': 'Đang lấy số liệu và dựng tệp. Báo cáo dài có thể mất vài phút; bạn cứ làm việc khác, đừng đóng trang này.',
    'rp.made': 'Đã tải {ten}.',
  },
  en: {
    'rp.title': 'Reports',
    'rp.told': 'Choose a period, then a kind of file. Figures of a period that is not over are provisional; the report says so.',
    'rp.none': 'There is no report for you.',
    'rp.week': 'Week {n}/{nam} (from {ngay})',
    'rp.every_agency': 'Every agency',
    'rp.place': 'Commune (empty: the whole province)',
    'rp.making': 'Making…',
    'rp.making_told': 'Reading figures and setting the file. A long report may take minutes; do something else meanwhile, but keep this page open.',
    'rp.made': '{ten} was downloaded.',
  },
} as const satisfies AreaWords
