using System.Buffers;
using System.Text.Json;
using Keker.Server.Presence;

namespace Keker.Tests.Server.Inspection;

/// <summary>Reads a long answer to its end.</summary>
internal static class Written
{
    /// <summary>The JSON that it writes.</summary>
    public static JsonElement By(ILongAnswer answer)
    {
        using (answer)
        {
            var output = new ArrayBufferWriter<byte>();
            while (answer.TryWrite(output))
            {
            }
            return JsonDocument.Parse(output.WrittenMemory).RootElement;
        }
    }
}
