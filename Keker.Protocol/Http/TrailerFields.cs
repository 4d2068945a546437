namespace Keker.Protocol.Http;

/// <summary>
/// Checks the trailers after a last chunk, byte by byte, with the rules and the budget of header fields, and forgets them: none may
/// change routing, framing or authentication (RFC 9110, section 6.5.1).
/// </summary>
internal struct TrailerFields(int fieldsUsed, int bytesUsed)
{
    private State _state;
    private int _fields = fieldsUsed;
    private int _bytes = bytesUsed;

    private enum State : byte
    {
        LineStart,
        Name,
        Value,
        ValueLineFeed,
        FinalLineFeed,
    }

    /// <summary>Takes the next byte.</summary>
    /// <param name="next">The byte.</param>
    /// <param name="complete">True if it is the LF of the empty line that ends the message.</param>
    public HttpFailure Step(byte next, out bool complete)
    {
        complete = false;
        if (_state == State.FinalLineFeed)
        {
            complete = next == HttpGrammar.LineFeed;
            return complete ? HttpFailure.None : HttpFailure.BareCarriageReturn;
        }
        if (_state == State.LineStart && next == HttpGrammar.CarriageReturn)
        {
            _state = State.FinalLineFeed;
            return HttpFailure.None;
        }
        if (_state == State.LineStart && ++_fields > HttpLimits.MaxHeaders)
            return HttpFailure.TooManyHeaders;
        if (++_bytes > HttpLimits.MaxHeaderBlock)
            return HttpFailure.HeaderBlockTooLarge;
        return StepLine(next);
    }

    private HttpFailure StepLine(byte next)
    {
        switch (_state)
        {
            case State.LineStart when HttpGrammar.TokenBytes.Contains(next):
                _state = State.Name;
                return HttpFailure.None;
            case State.LineStart:
                return FieldLine.NameFailure(next, atStart: true);
            case State.Name when next == (byte)':':
                _state = State.Value;
                return HttpFailure.None;
            case State.Name:
                return HttpGrammar.TokenBytes.Contains(next) ? HttpFailure.None : FieldLine.NameFailure(next, atStart: false);
            case State.Value when next == HttpGrammar.CarriageReturn:
                _state = State.ValueLineFeed;
                return HttpFailure.None;
            case State.Value:
                return HttpGrammar.NotInValue.Contains(next) ? FieldLine.ValueFailure(next) : HttpFailure.None;
            default:
                _state = State.LineStart;
                return next == HttpGrammar.LineFeed ? HttpFailure.None : HttpFailure.BareCarriageReturn;
        }
    }
}
