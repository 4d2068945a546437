namespace Keker.Server;

/// <summary>The server cannot start, or cannot reload; the message is the one line to tell the operator.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
