import type { auth as shape } from '../en/auth';

export const auth: typeof shape = {
    email: 'Correo electrónico',
    password: 'Contraseña',
    newPassword: 'Contraseña nueva',
    givenName: 'Nombre',
    familyName: 'Apellidos',
    passwordHint: '15 caracteres o más. Unas cuantas palabras se recuerdan bien.',
    passwordCommon: 'Esta contraseña es fácil de adivinar. Usa otras palabras y nada de tu propio nombre.',
    code: 'Código del correo',
    codeHint: 'Ocho letras y cifras, como ABCD-2345.',
    login: {
        title: 'Entrar',
        submit: 'Entrar',
        remember: 'Mantener la sesión en este dispositivo',
        forgot: '¿Has olvidado la contraseña?',
        noAccount: '¿Aún no tienes cuenta?',
        register: 'Crear cuenta',
        ended: 'Tu sesión ha terminado. Entra y vuelves donde estabas.',
        unverified:
            'Tu dirección aún no está confirmada. Abre el enlace de nuestro correo o pide que se envíe otra vez.',
        confirm: 'Confirmar la dirección',
        google: 'Continuar con Google',
        or: 'o',
        googleFailed: 'Google no te ha dejado entrar',
    },
    link: {
        title: 'Vincula tu cuenta de Google',
        text:
            'Ya hay una cuenta con esta dirección. Demuestra una vez que es tuya: con su contraseña o con el código ' +
                'que hemos enviado.',
        submit: 'Vincular y entrar',
        either: 'Escribe la contraseña o el código.',
    },
    register: {
        title: 'Crear cuenta',
        text: 'Recibes 100.000 dólares de papel para operar. No cuesta nada.',
        submit: 'Crear cuenta',
        have: '¿Ya tienes cuenta?',
        sentTitle: 'Mira tu correo',
        sentText: (email) => `Hemos escrito a ${email}. Abre el enlace del correo o escribe aquí su código.`,
        local: 'Esta Lonja no envía correos de verdad: se muestran aquí.',
        localLink: 'Abrir los correos',
        spam: '¿No ha llegado? Mira en el correo no deseado, o:',
        resend: 'Enviar el correo otra vez',
        resent: 'Enviado. Puede tardar un minuto.',
        other: 'Usar otra dirección',
    },
    verify: {
        title: 'Confirma tu dirección',
        text: 'Un clic y tu cuenta está lista.',
        submit: 'Confirmar la dirección',
        codeText: 'Escribe el código del correo junto con tu dirección.',
        doneTitle: 'Dirección confirmada',
        doneText: 'Tu cuenta está lista. Entra y compra tu primera acción.',
        deadTitle: 'Este enlace no funciona',
        deadText:
            'Es incorrecto, ha caducado o ya se usó. Si ya confirmaste tu dirección, entra; si no, pide un correo ' +
                'nuevo.',
    },
    recover: {
        title: 'Contraseña olvidada',
        text: 'Escribe tu dirección. Si hay una cuenta, enviamos un enlace para poner una contraseña nueva.',
        submit: 'Enviar el correo',
        sentTitle: 'Mira tu correo',
        sentText: (email) =>
            `Si hay una cuenta con ${email}, un correo está en camino. Su enlace funciona poco tiempo.`,
        help:
            '¿Ya no tienes acceso a esa dirección? Entonces la cuenta no se puede recuperar: nadie más que su dueño ' +
                'puede abrirla.',
        haveCode: 'Tengo un código',
    },
    reset: {
        title: 'Pon una contraseña nueva',
        text: 'Se cierran todas las sesiones abiertas, en todos los dispositivos.',
        submit: 'Poner la contraseña',
        doneTitle: 'Contraseña cambiada',
        doneText: 'Entra con la nueva.',
    },
};
