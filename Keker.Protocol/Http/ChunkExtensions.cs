namespace Keker.Protocol.Http;

/// <summary>
/// Checks the extensions of the chunk size lines of one body, byte by byte, up to the CR (RFC 9112, section 7.1.1):
/// <code>
/// chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
/// </code>
/// White space must be followed by something: <c>5 CRLF</c> is a bad size, not a size with an empty extension.
/// </summary>
internal struct ChunkExtensions
{
    private State _state;
    private int _bytes;

    private enum State : byte
    {
        BeforeFirst,
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Value,
        Quoted,
        QuotedPair,
        QuotedEnd,
        AfterValue,
    }

    /// <summary>Takes the next byte.</summary>
    /// <param name="next">The byte.</param>
    /// <param name="complete">True if it is the CR that ends the extensions of this line; then the next line may begin.</param>
    public HttpFailure Step(byte next, out bool complete)
    {
        complete = false;
        if (next == HttpGrammar.CarriageReturn)
        {
            complete = _state is State.Name or State.Value or State.QuotedEnd;
            return EndLine(complete);
        }
        if (++_bytes > HttpLimits.MaxChunkExtensionBytes)
            return HttpFailure.ChunkExtensionsTooLong;
        if (next == HttpGrammar.LineFeed)
            return HttpFailure.BareLineFeed;

        State? following = Next(next);
        if (following is null)
            return _state == State.BeforeFirst ? HttpFailure.BadChunkSize : HttpFailure.BadChunkExtension;
        _state = following.Value;
        return HttpFailure.None;
    }

    private HttpFailure EndLine(bool complete)
    {
        HttpFailure failure = _state == State.BeforeFirst ? HttpFailure.BadChunkSize : HttpFailure.BadChunkExtension;
        _state = State.BeforeFirst;
        return complete ? HttpFailure.None : failure;
    }

    private readonly State? Next(byte next)
    {
        bool isToken = HttpGrammar.TokenBytes.Contains(next);
        bool isOws = HttpGrammar.IsOws(next);
        return _state switch
        {
            State.BeforeFirst or State.AfterValue or State.QuotedEnd or State.Value or State.Name or State.AfterName when next == ';' =>
                State.BeforeName,
            State.BeforeFirst or State.BeforeName or State.AfterName or State.BeforeValue or State.AfterValue when isOws => _state,
            State.Name when isOws => State.AfterName,
            State.Value or State.QuotedEnd when isOws => State.AfterValue,
            State.BeforeName or State.Name when isToken => State.Name,
            State.Name or State.AfterName when next == '=' => State.BeforeValue,
            State.BeforeValue or State.Value when isToken => State.Value,
            State.BeforeValue when next == '"' => State.Quoted,
            State.Quoted when next == '"' => State.QuotedEnd,
            State.Quoted when next == '\\' => State.QuotedPair,
            State.Quoted or State.QuotedPair when !HttpGrammar.NotInValue.Contains(next) => State.Quoted,
            _ => null,
        };
    }
}
