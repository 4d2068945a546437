namespace Keker.Server.Client;

/// <summary>The server cannot be used, and the same would happen again. The message is one line for the person who asked.</summary>
internal sealed class ClientException : Exception
{
    /// <param name="message">What happened.</param>
    /// <param name="cause">Why; null where the server said so.</param>
    public ClientException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Whether another token would help: the one that was said is not valid, or no longer.</summary>
    public bool IsTokenOver { get; init; }

    /// <summary>What lies beneath a failed connection, in one line: the outer message of HttpClient repeats it.</summary>
    public static string Reason(Exception e)
    {
        Exception inner = e;
        while (inner.InnerException is not null)
            inner = inner.InnerException;
        return inner.Message.ReplaceLineEndings(" ");
    }
}
