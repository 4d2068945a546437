namespace Keker.Tests.Protocol.Sse;

/// <summary>What a browser makes of an event stream: the parser of WHATWG HTML 9.2.6, word by word.</summary>
internal sealed record ReceivedEvent(string Type, string Data, string LastId)
{
    public static List<ReceivedEvent> ReadAll(string stream)
    {
        List<ReceivedEvent> events = [];
        string type = "", data = "", id = "";
        string[] lines = stream.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        // What follows the last line end is an incomplete line, and is discarded.
        foreach (string line in lines[..^1])
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                    events.Add(new ReceivedEvent(type.Length == 0 ? "message" : type, data[..^1], id));
                type = data = "";
                continue;
            }
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string field = colon < 0 ? line : line[..colon];
            string value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' '))
                value = value[1..];
            switch (field)
            {
                case "event":
                    type = value;
                    break;
                case "data":
                    data += value + "\n";
                    break;
                case "id" when !value.Contains('\0', StringComparison.Ordinal):
                    id = value;
                    break;
            }
        }
        return events;
    }
}
