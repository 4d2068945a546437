namespace Keker.Server.Options;

/// <summary>A value as the operator wrote it, and the name under which it was found: the long option or the environment variable.</summary>
internal readonly record struct GivenValue(string Source, string Text);
