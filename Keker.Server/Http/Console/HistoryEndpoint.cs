using System.Buffers.Text;
using Keker.Protocol.Http;
using Keker.Server.Inspection;
using Keker.Server.Presence;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/history?after=</c>: the samples of the last hour, or those after a time in seconds since 1970.</summary>
internal sealed class HistoryEndpoint(ServerContext server) : LongEndpoint(server, "history")
{
    private const int NumberBytes = 20;

    protected override ILongAnswer? Answer(RequestHead request, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> mistake)
    {
        mistake = default;
        long after = 0;
        Span<byte> decoded = stackalloc byte[NumberBytes];
        QueryStatus status = QueryString.Find(request.Query.In(head), "after"u8, decoded, out int length);
        bool isValid = status == QueryStatus.Absent
            || (status == QueryStatus.Ok && Utf8Parser.TryParse(decoded[..length], out after, out int consumed) && consumed == length);
        if (!isValid)
            mistake = "bad after: send one number of seconds since 1970"u8;
        return isValid ? new HistoryList(Server.Console!.Samples, after) : null;
    }
}
