namespace Keker.Server;

/// <summary>The server cannot start; the message is the one line to tell the operator.</summary>
internal sealed class StartException(string message, Exception inner) : Exception(message, inner);
