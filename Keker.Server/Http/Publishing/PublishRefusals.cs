using Keker.Server.Observability;

namespace Keker.Server.Http.Publishing;

/// <summary>Why something is not published for now; with 503 unless it says otherwise. Stateless, thread-safe.</summary>
internal static class PublishRefusals
{
    /// <summary>Seconds after which a refused publisher may try again.</summary>
    public const int RetryAfter = 1;

    /// <summary>With 429.</summary>
    public static ReadOnlySpan<byte> TooFast => "more than --publish-rate allows: try again in a second"u8;

    public static ReadOnlySpan<byte> ShortOfMemory => "the server is short of memory: try again later"u8;

    /// <summary>Where nothing is to be had also after the slowest senders were ended.</summary>
    public static ReadOnlySpan<byte> TooMuchUnfinished => "too many requests are under way: try again later"u8;

    public static ReadOnlySpan<byte> TooMuchWaits => "too many messages wait for slow readers: try again later"u8;

    public static ReadOnlySpan<byte> TooManyReceipts => "too many publishers wait for confirmations: try again later, or without Prefer: wait"u8;

    /// <summary>Where a recipient's topic has no room, and so many wait for it that nobody else may.</summary>
    public static ReadOnlySpan<byte> TooManyWait(bool othersHaveIt) => othersHaveIt
        ? "too many publishers wait for one of the recipients, and others have the message: try again later"u8
        : "too many publishers wait for this recipient: try again later"u8;

    /// <summary>Goes with 403.</summary>
    public static ReadOnlySpan<byte> NotAllowed => "the token does not allow this: its publish claim names whom it may publish to"u8;

    /// <summary>Goes with 401.</summary>
    public static ReadOnlySpan<byte> Expired => "the token has expired: get a fresh one"u8;

    /// <summary>Goes with 409.</summary>
    public static ReadOnlySpan<byte> KeyIsUnderWay => "a publish with this Idempotency-Key is under way: repeat it once that is answered"u8;

    /// <summary>Goes with 415.</summary>
    public static ReadOnlySpan<byte> CodedBody => "a body is published as it is, and no Content-Encoding is understood: send it uncompressed, without that header"u8;

    /// <summary>The reason that holds for every message; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Now(ServerContext server)
    {
        if (server.IsDraining)
            return "the server is draining: publish to another one"u8;
        return server.Memory.Pressure == MemoryPressure.Hard ? ShortOfMemory : default;
    }
}
