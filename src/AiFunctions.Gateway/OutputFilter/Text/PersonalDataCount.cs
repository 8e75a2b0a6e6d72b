namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>Notices a flood of different personal data in one text: what a model that recites its training data gives out.</summary>
internal struct PersonalDataCount
{
    /// <summary>So many different items are a flood.</summary>
    public const int Flood = 25;

    private HashSet<int>? _items;
    private bool _isFlood;

    /// <summary>Counts an item.</summary>
    /// <returns>Whether this one makes it a flood. Says so once.</returns>
    public bool Add(OutputCategory category, ReadOnlySpan<char> item)
    {
        if (_isFlood || category is not (OutputCategory.Email or OutputCategory.Phone or OutputCategory.Ssn or OutputCategory.CreditCard or OutputCategory.Iban))
        {
            return false;
        }

        _items ??= [];
        _items.Add(StableHash.Of(item));
        if (_items.Count < Flood)
        {
            return false;
        }

        _isFlood = true;
        _items = null;
        return true;
    }
}
