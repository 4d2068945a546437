using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Protocol.Deflate;

/// <summary>
/// Decides what to answer to the extensions that a client offers. Only permessage-deflate is known (RFC 7692, section 7.1), always without
/// context takeover: a message is then compressed once for all, and no connection keeps a window. Offers stand in the client's order of
/// preference; the first that is valid is accepted. A client may limit the server's window: since nothing is taken over, no distance in a message
/// exceeds the message, and it is enough to deflate no larger ones. Feed it the values of all Sec-WebSocket-Extensions lines, in order.
/// <para>
/// A header that breaks the grammar, or is over <see cref="MaxBytes"/>, counts as no offer at all: the connection goes on without compression.
/// Linear in the input, allocates nothing. <c>default</c> is ready for use; not thread-safe.
/// </para>
/// </summary>
public struct DeflateOffer
{
    /// <summary>Largest sum of all values in bytes; browsers send about 50.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The largest window of DEFLATE, which holds 2^15 bytes: what a client gets that does not limit it.</summary>
    public const int MaxWindowBits = 15;

    private bool _ignored;
    private bool _accepted;
    private int _serverWindowBits;
    private int _bytes;

    /// <summary>
    /// What to answer as Sec-WebSocket-Extensions, given the values so far; empty if permessage-deflate is not accepted. A constant of the
    /// server.
    /// </summary>
    public readonly ReadOnlySpan<byte> Answer => (_ignored || !_accepted, _serverWindowBits) switch
    {
        (true, _) => default,
        (_, 0) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover"u8,
        (_, 8) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8"u8,
        (_, 9) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9"u8,
        (_, 10) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"u8,
        (_, 11) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11"u8,
        (_, 12) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"u8,
        (_, 13) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=13"u8,
        (_, 14) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=14"u8,
        _ => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15"u8,
    };

    /// <summary>The window for which the server may deflate, 8 to 15; 0 when permessage-deflate is not accepted.</summary>
    public readonly int WindowBits => (_ignored || !_accepted, _serverWindowBits) switch
    {
        (true, _) => 0,
        (_, 0) => MaxWindowBits,
        (_, int bits) => bits,
    };

    /// <summary>Judges a whole request.</summary>
    /// <param name="values">What <see cref="HandshakeRequest.Extensions"/> gave.</param>
    /// <param name="head">The bytes the request was parsed from.</param>
    public static DeflateOffer Judge(FieldValues values, ReadOnlySpan<byte> head)
    {
        DeflateOffer offer = default;
        foreach (Slice value in values)
            offer.Add(value.In(head));
        return offer;
    }

    /// <summary>
    /// Takes the value of the next line, also after an offer was accepted: what breaks the grammar further on still counts. Grammar
    /// (RFC 6455, section 9.1, with its implied white space; empty list elements as in RFC 9110, section 5.6.1):
    /// <code>
    /// value     = [ extension ] *( "," [ extension ] )
    /// extension = token *( ";" token [ "=" ( token / quoted-string ) ] )
    /// </code>
    /// </summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (_ignored || value.Length > MaxBytes - _bytes)
        {
            _ignored = true;
            return;
        }

        _bytes += value.Length;
        var scanner = new ExtensionScanner(value);
        do
        {
            _ignored = !scanner.AtEmptyElement && !TakeOffer(ref scanner);
        }
        while (!_ignored && scanner.TryTake((byte)','));

        _ignored |= !scanner.AtEnd;
    }

    /// <summary>Takes one element of the list; false if it breaks the grammar.</summary>
    private bool TakeOffer(ref ExtensionScanner scanner)
    {
        if (!scanner.TryTakeToken(out ReadOnlySpan<byte> name))
            return false;

        DeflateParameters parameters = default;
        Span<byte> value = stackalloc byte[DeflateParameters.MaxValueLength + 1];
        while (scanner.TryTake((byte)';'))
        {
            if (!scanner.TryTakeToken(out ReadOnlySpan<byte> parameter))
                return false;
            int length = 0;
            bool hasValue = scanner.TryTake((byte)'=');
            if (hasValue && !scanner.TryTakeValue(value, out length))
                return false;
            parameters.Add(parameter, hasValue, value[..Math.Min(length, value.Length)]);
        }

        if (!_accepted && !parameters.MustDecline && name.SequenceEqual("permessage-deflate"u8))
        {
            _accepted = true;
            _serverWindowBits = parameters.ServerWindowBits;
        }
        return true;
    }
}
