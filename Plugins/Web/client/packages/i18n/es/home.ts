import type { home as shape } from '../en/home';

export const home: typeof shape = {
    title: 'Lonja: bolsa en papel con precios honestos',
    heading: 'Aprende a invertir sin perder un céntimo',
    lead:
        'Lonja es una bolsa en papel: reglas reales, precios en vivo y 100.000 dólares que no son de verdad. Compra ' +
            'tu primera acción en dos minutos.',
    start: 'Crear una cuenta gratis',
    look: 'Mirar las acciones',
    toWallet: 'A tu cartera',
    quotes: 'Ahora mismo',
    allStocks: 'Todas las acciones',
    demo: 'Precios de demostración: años pasados, repetidos en vivo. Cada precio dice de cuándo es y de dónde viene.',
    reasons: [
        {
            title: 'Cada precio se explica',
            text:
                'De cuándo es, con qué retraso y de qué fuente. Un precio antiguo se llama antiguo, y tras cada ' +
                    'operación lees por qué fue ese precio.',
        },
        {
            title: 'Cada céntimo está contado',
            text:
                'Un libro con dos lados, como en un banco: efectivo, acciones y comisiones cuadran siempre, aunque ' +
                    'un servidor falle en mitad de tu orden.',
        },
        {
            title: 'Un clic, una orden',
            text:
                'Ves lo que cuesta una orden antes de ponerla. Haz doble clic, recarga, pierde la conexión: se pone ' +
                    'una vez.',
        },
    ],
    steps: {
        title: 'Tu primera acción en cuatro pasos',
        list: [
            { title: 'Crea tu cuenta', text: 'Un nombre, una dirección, una contraseña.' },
            { title: 'Confirma el correo', text: 'Un clic en su enlace.' },
            { title: 'Elige una empresa', text: 'Mira su precio y su pasado.' },
            { title: 'Compra', text: 'Comprueba la orden, ponla y mírala en tu cartera.' },
        ],
        mails: 'Esta Lonja corre en tu máquina y no envía correos de verdad.',
        mailsLink: 'Abrir los correos',
    },
};
