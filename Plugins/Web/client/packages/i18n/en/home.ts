/** The first page. */
export const home = {
    title: 'Lonja: paper trading with honest prices',
    heading: 'Learn to trade without losing a cent',
    lead:
        'Lonja is a stock exchange on paper: real rules, live prices, 100,000 dollars that are not real. Buy your ' +
            'first share in two minutes.',
    start: 'Create a free account',
    look: 'Look at the stocks',
    toWallet: 'To your wallet',
    quotes: 'Right now',
    allStocks: 'All stocks',
    demo: 'Demo prices: past years, replayed live. Each price says how old it is and where it is from.',
    reasons: [
        {
            title: 'Every price explains itself',
            text:
                'When it is from, how late it is, which source it has. An old price is called old, and after each ' +
                    'trade you read why it was that price.',
        },
        {
            title: 'Every cent is accounted for',
            text:
                'A ledger with two sides, as in a bank: cash, shares and fees always add up, even if a server fails ' +
                    'in the middle of your order.',
        },
        {
            title: 'One click, one order',
            text:
                'You see what an order costs before it is placed. Click twice, reload, lose the connection: it is ' +
                    'placed once.',
        },
    ],
    steps: {
        title: 'Your first share in four steps',
        list: [
            { title: 'Create your account', text: 'A name, an address, a password.' },
            { title: 'Confirm the mail', text: 'One click on its link.' },
            { title: 'Choose a company', text: 'Look at its price and its past.' },
            { title: 'Buy', text: 'Check the order, place it, see it in your wallet.' },
        ],
        mails: 'This Lonja runs on your machine and sends no real mails.',
        mailsLink: 'Open the mails',
    },
};
