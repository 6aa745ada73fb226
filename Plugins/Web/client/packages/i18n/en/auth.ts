/** Coming in: login, registering, confirming, recovering. */
export const auth = {
    email: 'E-mail address',
    password: 'Password',
    newPassword: 'New password',
    givenName: 'Given name',
    familyName: 'Family name',
    passwordHint: '15 characters or more. A few words are easy to remember.',
    passwordCommon: 'This password is easy to guess. Use other words, and nothing of your own name.',
    code: 'Code from the mail',
    codeHint: 'Eight letters and digits, such as ABCD-2345.',
    login: {
        title: 'Log in',
        submit: 'Log in',
        remember: 'Stay logged in on this device',
        forgot: 'Forgotten your password?',
        noAccount: 'No account yet?',
        register: 'Create account',
        ended: 'Your session has ended. Log in, and you are back where you were.',
        unverified: 'Your address is not confirmed yet. Open the link in our mail, or have it sent again.',
        confirm: 'Confirm the address',
        google: 'Continue with Google',
        or: 'or',
        googleFailed: 'Google did not let you in',
    },
    link: {
        title: 'Link your Google account',
        text:
            'There is an account with this address already. Prove once that it is yours: by its password, or by the ' +
                'code that we have mailed.',
        submit: 'Link and log in',
        either: 'Write the password or the code.',
    },
    register: {
        title: 'Create account',
        text: 'You get 100,000 dollars of paper to trade with. It costs nothing.',
        submit: 'Create account',
        have: 'You have an account?',
        sentTitle: 'Look into your mail',
        sentText: (email: string) => `We have written to ${email}. Open the link in the mail, or write its code here.`,
        local: 'This Lonja sends no real mails: they are shown here.',
        localLink: 'Open the mails',
        spam: 'Nothing there? Look into the junk folder, or:',
        resend: 'Send the mail again',
        resent: 'Sent. It may take a minute.',
        other: 'Use another address',
    },
    verify: {
        title: 'Confirm your address',
        text: 'One click, and your account is ready.',
        submit: 'Confirm the address',
        codeText: 'Write the code of the mail together with your address.',
        doneTitle: 'Address confirmed',
        doneText: 'Your account is ready. Log in and buy your first share.',
        deadTitle: 'This link does not work',
        deadText:
            'It is wrong, expired, or was used before. If you confirmed your address already, just log in; ' +
                'otherwise have a new mail sent.',
    },
    recover: {
        title: 'Forgotten password',
        text: 'Write your address. If there is an account, we mail a link that sets a new password.',
        submit: 'Send the mail',
        sentTitle: 'Look into your mail',
        sentText: (email: string) =>
            `If there is an account with ${email}, a mail is on its way. Its link works for a short time.`,
        help:
            'No access to that address any more? Then the account cannot be recovered: nobody but its owner can ' +
                'open it.',
        haveCode: 'I have a code',
    },
    reset: {
        title: 'Set a new password',
        text: 'All open sessions end, on every device.',
        submit: 'Set the password',
        doneTitle: 'Password changed',
        doneText: 'Log in with the new one.',
    },
};
