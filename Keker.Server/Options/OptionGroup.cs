using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>Options that belong together in the help text. Immutable.</summary>
/// <param name="Title">The line above them, one or two words.</param>
/// <param name="Options">The options in order.</param>
internal sealed record OptionGroup(string Title, ImmutableArray<OptionText> Options);
