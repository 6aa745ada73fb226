/** Pages of what went wrong. */
export const errors = {
    notFound: {
        title: 'Page not found',
        text:
            'There is nothing at this address. If you typed it, check that it is right; if a link brought you here, ' +
                'it is out of date.',
    },
    failed: {
        title: 'This page has failed',
        text: 'That is our fault, not yours. Nothing you have ordered is lost: what was placed is in your wallet.',
        reload: 'Load the page again',
    },
    unavailable: {
        title: 'Back in a moment',
        text:
            'The service is being restarted or is out of reach. Your money, shares and orders are kept. Try again ' +
                'in a few seconds.',
    },
    offline: {
        title: 'You are offline',
        text:
            'There is no connection, so there are no prices either. Everything you have is kept and will be here ' +
                'again.',
    },
    home: 'To the home page',
    stocks: 'See all stocks',
    retry: 'Try again',
};
