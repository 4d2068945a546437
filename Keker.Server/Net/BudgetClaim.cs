namespace Keker.Server.Net;

/// <summary>What one holder has taken out of the budget.</summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a field. Set it to 0 in the end.</remarks>
internal struct BudgetClaim(UnfinishedBudget budget)
{
    private long _bytes;

    /// <summary>Takes or gives back what is missing to so many bytes.</summary>
    /// <returns>False when there is no room for more; then nothing changes. Less is always possible.</returns>
    public bool TrySet(long bytes)
    {
        long more = bytes - _bytes;
        if (more > 0 && !budget.TryTake(more))
            return false;
        if (more < 0)
            budget.Give(-more);
        _bytes = bytes;
        return true;
    }
}
