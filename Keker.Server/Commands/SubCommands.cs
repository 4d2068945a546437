using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary>What runs for which first word.</summary>
internal static class SubCommands
{
    /// <summary>The command of this name, which takes the words behind it and returns the exit status; null where there is none.</summary>
    public static Func<string[], Task<int>>? Find(string word)
    {
        if (word == CommandDefinitions.Check.Name)
            return CheckCommand.RunAsync;
        if (word == CommandDefinitions.Publish.Name)
            return PublishCommand.RunAsync;
        if (word == CommandDefinitions.Subscribe.Name)
            return SubscribeCommand.RunAsync;
        return word == CommandDefinitions.Status.Name ? StatusCommand.RunAsync : null;
    }
}
