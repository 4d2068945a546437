using Keker.Protocol.Http;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Decides what to answer to the extensions that a client offers. Only permessage-deflate is known (RFC 7692, section 7.1), always without
/// context takeover: a message is then compressed once for all, and no connection keeps a window. Offers stand in the client's order of
/// preference; the first that can be honoured is accepted. Feed it the values of all Sec-WebSocket-Extensions lines, in order.
/// <para>
/// A header that breaks the grammar, or is over <see cref="MaxBytes"/>, counts as no offer at all: the connection goes on without compression.
/// Linear in the input, allocates nothing. <c>default</c> is ready for use; not thread-safe.
/// </para>
/// </summary>
public struct DeflateOffer
{
    /// <summary>Largest sum of all values in bytes; browsers send about 50.</summary>
    public const int MaxBytes = 1024;

    private bool _ignored;
    private bool _accepted;
    private bool _withWindowBits;
    private int _bytes;

    /// <summary>
    /// What to answer as Sec-WebSocket-Extensions, given the values so far; empty if permessage-deflate is not accepted. A constant of the
    /// server.
    /// </summary>
    public readonly ReadOnlySpan<byte> Answer => (_ignored, _accepted, _withWindowBits) switch
    {
        (false, true, false) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover"u8,
        (false, true, true) => "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15"u8,
        _ => default,
    };

    /// <summary>Judges a whole request.</summary>
    /// <param name="values">What <see cref="HandshakeRequest.Extensions"/> gave.</param>
    /// <param name="head">The bytes the request was parsed from.</param>
    /// <returns>As <see cref="Answer"/>.</returns>
    public static ReadOnlySpan<byte> Judge(FieldValues values, ReadOnlySpan<byte> head)
    {
        DeflateOffer offer = default;
        foreach (Slice value in values)
            offer.Add(value.In(head));
        return offer.Answer;
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
            _withWindowBits = parameters.HasServerWindowBits;
        }
        return true;
    }
}
