namespace Keker.Protocol.Http;

/// <summary>
/// The parts of a response head that differ from answer to answer. All values must come from constants or from this server, never
/// from a request: nothing is escaped here.
/// </summary>
public readonly ref struct ResponseHeaders
{
    /// <summary>The value of Date, <see cref="HttpDate.Length"/> bytes, made once a second by the caller.</summary>
    public required ReadOnlySpan<byte> Date { get; init; }

    /// <summary>What Connection says.</summary>
    public ConnectionHeader Connection { get; init; }

    /// <summary>Seconds for Retry-After (RFC 9110, section 10.2.3); 0 leaves it out.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>Seconds for <c>Preference-Applied: wait=N</c> (RFC 7240, section 3); 0 leaves it out.</summary>
    public int AppliedWaitSeconds { get; init; }

    /// <summary>The value of Allow, needed with 405 (RFC 9110, section 15.5.6); empty leaves it out.</summary>
    public ReadOnlySpan<byte> Allow { get; init; }

    /// <summary>The value of Content-Type; empty means JSON.</summary>
    public ReadOnlySpan<byte> ContentType { get; init; }

    /// <summary>The value of Cache-Control; empty means <c>no-store</c>.</summary>
    public ReadOnlySpan<byte> CacheControl { get; init; }

    /// <summary>Further field lines, each with its CRLF; an origin in them must have been found valid.</summary>
    public ReadOnlySpan<byte> MoreLines { get; init; }

    /// <summary>
    /// Adds <c>Upgrade: websocket</c>, the Connection option that belongs to it and <c>Sec-WebSocket-Version: 13</c>, for 426
    /// (RFC 9110, section 15.5.22; RFC 6455, section 4.4).
    /// </summary>
    public bool OfferWebSocket { get; init; }

    /// <summary>Leaves the body out and keeps its Content-Length: the answer to HEAD (RFC 9110, section 9.3.2).</summary>
    public bool OmitBody { get; init; }

    /// <summary>The Connection value that fits what the client asked for.</summary>
    /// <param name="head">The complete head of the request.</param>
    public static ConnectionHeader ConnectionFor(RequestHead head)
    {
        if (!head.KeepAlive)
            return ConnectionHeader.Close;
        return head.IsHttp11 ? ConnectionHeader.None : ConnectionHeader.KeepAlive;
    }
}
