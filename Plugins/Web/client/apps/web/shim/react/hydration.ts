/** Whether the nodes that the server has sent are being taken over: they show what is known without a browser. */
export const hydration = { running: false };
