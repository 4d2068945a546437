namespace Keker.Protocol.Deflate;

/// <summary>The parameters of one offer of permessage-deflate (RFC 7692, section 7.1). Names are compared as registered, in lower case.</summary>
internal struct DeflateParameters
{
    [Flags]
    private enum Seen : byte
    {
        None = 0,
        ServerNoContextTakeover = 1,
        ClientNoContextTakeover = 2,
        ServerMaxWindowBits = 4,
        ClientMaxWindowBits = 8,
    }

    /// <summary>Length in bytes of the longest value that is valid for any parameter; what is longer may be passed cut, but still longer.</summary>
    public const int MaxValueLength = 2;

    private Seen _seen;

    /// <summary>A parameter is unknown, repeated, or has a value that it may not have.</summary>
    public bool MustDecline { get; private set; }

    /// <summary>The window to which the client limits the server, 8 to 15, which the answer must confirm (RFC 7692, section 7.1.2.1); 0 where it does not.</summary>
    public int ServerWindowBits { get; private set; }

    /// <summary>Takes the next parameter.</summary>
    /// <param name="name">A token.</param>
    /// <param name="hasValue">Whether <c>=</c> and a value followed.</param>
    /// <param name="value">The value without quotes.</param>
    public void Add(ReadOnlySpan<byte> name, bool hasValue, ReadOnlySpan<byte> value)
    {
        Seen seen = Seen.None;
        bool valid = false;
        if (name.SequenceEqual("server_no_context_takeover"u8))
        {
            seen = Seen.ServerNoContextTakeover;
            valid = !hasValue;
        }
        else if (name.SequenceEqual("client_no_context_takeover"u8))
        {
            seen = Seen.ClientNoContextTakeover;
            valid = !hasValue;
        }
        else if (name.SequenceEqual("server_max_window_bits"u8))
        {
            seen = Seen.ServerMaxWindowBits;
            ServerWindowBits = WindowBits(value);
            valid = ServerWindowBits != 0;
        }
        else if (name.SequenceEqual("client_max_window_bits"u8))
        {
            // A hint, or with a value a promise, that needs no answer: without context takeover no window of the client is kept anyway.
            seen = Seen.ClientMaxWindowBits;
            valid = !hasValue || WindowBits(value) != 0;
        }

        MustDecline |= !valid || (_seen & seen) != 0;
        _seen |= seen;
    }

    /// <summary>8 to 15 in decimal without leading zeros (RFC 7692, section 7.1.2), or 0 for anything else.</summary>
    private static int WindowBits(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'8' or (byte)'9'] => value[0] - '0',
        [(byte)'1', >= (byte)'0' and <= (byte)'5'] => 10 + value[1] - '0',
        _ => 0,
    };
}
