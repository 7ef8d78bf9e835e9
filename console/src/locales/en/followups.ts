export const followups = {
  followups: {
    due: 'by {time}',
    overdue: 'Overdue',
    anybody: 'Anybody',
    me: 'Me',
    done: 'Record result',
    result: 'Result',
    resultPlaceholder: 'e.g. Can log in now, learned transfers',
    save: 'Save',
    cancel: 'Cancel',
    open: 'Open chat',
  },
}
