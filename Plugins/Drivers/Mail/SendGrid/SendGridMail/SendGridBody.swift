import Plugin
import RPC

/// The body of `POST /v3/mail/send` for one mail: one personalization with one recipient.
struct SendGridBody: JSONWritable {
    let message: MailMessage

    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("personalizations")
            json.array { json in
                json.object { json in
                    json.key("to")
                    json.array { address(message.to, &$0) }
                    json.key("custom_args")
                    json.object { json in
                        json.key("outbox_id")
                        json.string(message.id)
                        json.key("attempt")
                        json.string("\(message.attempt)")
                    }
                }
            }
            json.key("from")
            address(message.from, &json)
            json.key("subject")
            json.string(message.subject)
            json.key("content")
            json.array { json in
                content("text/plain", message.text, &json)
                if !message.html.isEmpty { content("text/html", message.html, &json) }
            }
            json.key("headers")
            json.object { json in
                json.key("Message-ID")
                json.string(message.messageID)
                json.key("Auto-Submitted")
                json.string("auto-generated")
                json.key("X-Entity-Ref-ID")
                json.string(message.id)
            }
            json.key("categories")
            json.array { $0.string(message.category) }
            // Links in mails of ours carry secrets: nobody may rewrite them.
            json.key("tracking_settings")
            json.object { json in
                json.key("click_tracking")
                json.object { json in
                    json.key("enable")
                    json.bool(false)
                    json.key("enable_text")
                    json.bool(false)
                }
                json.key("open_tracking")
                json.object { json in
                    json.key("enable")
                    json.bool(false)
                }
            }
        }
    }

    private func address(_ address: MailAddress, _ json: inout JSONWriter) {
        json.object { json in
            json.key("email")
            json.string(address.address)
            guard !address.name.isEmpty else { return }
            json.key("name")
            json.string(address.name)
        }
    }

    private func content(_ type: String, _ value: String, _ json: inout JSONWriter) {
        json.object { json in
            json.key("type")
            json.string(type)
            json.key("value")
            json.string(value)
        }
    }
}
