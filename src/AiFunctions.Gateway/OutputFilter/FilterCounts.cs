using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>How many matches of each category an answer had. Numbers only: what matched is nowhere kept.</summary>
internal sealed class FilterCounts
{
    private PerCategory _counts;

    /// <summary>Matches of a category, redacted, blocked or flagged.</summary>
    public int this[OutputCategory category] => _counts[(int)category];

    /// <summary>Whether there were none at all.</summary>
    public bool IsEmpty => !((ReadOnlySpan<int>)_counts).ContainsAnyExcept(0);

    public void Add(OutputCategory category) => _counts[(int)category]++;

    public void Add(FilterCounts others)
    {
        for (var i = 0; i < OutputCategories.Count; i++)
        {
            _counts[i] += others._counts[i];
        }
    }

    /// <summary>The value of the header <c>x-output-filter</c>, such as <c>email=1, ssn=2</c>; null when there is nothing to say.</summary>
    public string? ToHeader()
    {
        if (IsEmpty)
        {
            return null;
        }

        var header = new StringBuilder();
        for (var i = 0; i < OutputCategories.Count; i++)
        {
            if (_counts[i] > 0)
            {
                header.Append(header.Length > 0 ? ", " : "").Append(CultureInfo.InvariantCulture, $"{((OutputCategory)i).Name()}={_counts[i]}");
            }
        }

        return header.ToString();
    }

    [InlineArray(OutputCategories.Count)]
    private struct PerCategory
    {
        private int _first;
    }
}
