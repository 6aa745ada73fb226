/** An event of a `text/event-stream`. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Takes a stream apart as it comes (HTML, 9.2.6); no I/O. */
export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id: string | undefined;

  /** The events that the text completes. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.line(line);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === '') return this.finish();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return undefined;
  }

  private finish(): ServerEvent | undefined {
    const { name, data } = this;
    this.name = '';
    this.data = [];
    if (data.length === 0) return undefined;
    return { name: name === '' ? 'message' : name, data: data.join('\n'), id: this.id };
  }
}
