namespace Keker.Protocol.Commands;

/// <summary>
/// <c>ERR &lt;code&gt; &lt;text&gt;</c>: a refused command in tagged mode, a text message of its own. Programs look at the code, people
/// read the text. Stateless, thread-safe.
/// </summary>
public static class ErrorLine
{
    private static ReadOnlySpan<byte> Word => "ERR "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="code">The code.</param>
    /// <param name="textLength">Bytes of the text.</param>
    public static int Length(ErrorCode code, int textLength) => Word.Length + code.Word().Length + 1 + textLength;

    /// <summary>Writes the line.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="code">The code.</param>
    /// <param name="text">UTF-8 without line breaks; <see cref="ErrorCodes.Text"/> when there is nothing more to say.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ErrorCode code, ReadOnlySpan<byte> text)
    {
        LineWriter line = new(destination);
        line.Append(Word);
        line.Append(code.Word());
        line.AppendSpace();
        line.Append(text);
        return line.Length;
    }
}
