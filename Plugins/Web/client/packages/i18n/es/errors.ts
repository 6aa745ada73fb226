import type { errors as shape } from '../en/errors';

export const errors: typeof shape = {
    notFound: {
        title: 'Página no encontrada',
        text:
            'No hay nada en esta dirección. Si la escribiste, comprueba que sea correcta; si te trajo un enlace, ' +
                'está anticuado.',
    },
    failed: {
        title: 'Esta página ha fallado',
        text:
            'Es culpa nuestra, no tuya. No se ha perdido nada de lo que ordenaste: lo que se puso está en tu cartera.',
        reload: 'Cargar la página de nuevo',
    },
    unavailable: {
        title: 'Volvemos enseguida',
        text:
            'El servicio se está reiniciando o no se puede alcanzar. Tu dinero, tus acciones y tus órdenes se ' +
                'conservan. Inténtalo de nuevo en unos segundos.',
    },
    offline: {
        title: 'Estás sin conexión',
        text: 'No hay conexión, así que tampoco hay precios. Todo lo que tienes se conserva y volverá a estar aquí.',
    },
    home: 'A la página de inicio',
    stocks: 'Ver todas las acciones',
    retry: 'Reintentar',
};
