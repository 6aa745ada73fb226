import { APIProblem } from '@lonja/api/transport';

/** Fetches a file of the client and has the browser keep it. The contract has no function for an answer by its type. */
export async function saveFile(path: string, type: string, name: string): Promise<void> {
    let response: Response;
    try {
        response = await fetch(path, { headers: { accept: type } });
    } catch {
        throw new APIProblem('unreachable', 0, 'The server cannot be reached.');
    }
    if (!response.ok) {
        throw new APIProblem(
            response.status === 401 ? 'unauthorized' : 'internal',
            response.status,
            `answered ${response.status}`,
        );
    }
    const address = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
}
