using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keker.Protocol.Commands;

namespace Keker.Server.Commands;

/// <summary>Prints messages, a line each. For one caller at a time.</summary>
/// <param name="isJson">Whether as JSON, or the payload as it came.</param>
/// <param name="write">Takes the bytes of one message, its line end included.</param>
internal sealed class MessagePrinter(bool isJson, Action<ReadOnlySpan<byte>> write)
{
    /// <summary>People read it as well; control characters are escaped in any case.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new();

    /// <inheritdoc cref="Client.MessageHandler"/>
    public void Print(ServerLine message, bool isText)
    {
        _line.ResetWrittenCount();
        if (isJson)
            WriteJson(message, isText);
        else
            _line.Write(message.Rest);
        _line.Write("\n"u8);
        write(_line.WrittenSpan);
    }

    private void WriteJson(ServerLine message, bool isText)
    {
        using var writer = new Utf8JsonWriter(_line, Readable);
        writer.WriteStartObject();
        writer.WriteString("id"u8, message.Id.ToText());
        writer.WriteString("topic"u8, message.Name);
        if (isText)
        {
            writer.WriteString("payload"u8, message.Rest);
        }
        else
        {
            writer.WriteBase64String("payload"u8, message.Rest);
            writer.WriteString("encoding"u8, "base64"u8);
        }
        writer.WriteEndObject();
    }
}
