using System.Buffers;
using System.Text.Json;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Inspection;
using Keker.Server.Options;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/settings</c>: what does not change while the server runs. Secrets are not in it.</summary>
internal sealed class SettingsEndpoint(ServerContext server) : Endpoint(server)
{
    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("version"u8, KekerVersion.Text);
            json.WriteNumber("started"u8, Server.Console!.Started);
            json.WriteBoolean("isAdmin"u8, exchange.Connection.IsAdmin);
            json.WriteNumber("memoryLimit"u8, Server.Memory.Limit);
            json.WriteStartObject("history"u8);
            json.WriteNumber("seconds"u8, SampleRing.Length);
            json.WriteNumber("bytes"u8, SampleRing.Bytes);
            json.WriteEndObject();
            Server.Settings.Write(json);
            json.WriteEndObject();
        }
        JsonAnswers.WriteMessage(exchange.Answers, 200, "settings"u8, bytes.WrittenSpan, exchange.Headers());
    }
}
