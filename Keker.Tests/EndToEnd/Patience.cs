namespace Keker.Tests.EndToEnd;

/// <summary>How long a test waits for what has to happen: far longer than it takes, on a busy machine too. Only a failure waits so long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task Soon(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited {Limit.TotalSeconds:0} s for {what}");
        }
    }

    public static async Task<T> Soon<T>(this Task<T> task, string what)
    {
        await ((Task)task).Soon(what);
        return await task;
    }

    public static Task<T> Soon<T>(this ValueTask<T> task, string what) => task.AsTask().Soon(what);

    public static Task Soon(this ValueTask task, string what) => task.AsTask().Soon(what);
}
