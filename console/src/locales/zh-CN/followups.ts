export const followups = {
  followups: {
    due: '{time} 前',
    overdue: '已超时',
    anybody: '待认领',
    me: '我',
    done: '记录结果',
    result: '回访结果',
    resultPlaceholder: '例如：已能登录，教会了转账',
    save: '保存',
    cancel: '取消',
    open: '看对话',
  },
}
