namespace AiFunctions.FilterEvaluation;

/// <summary>What the filter made of a category's items.</summary>
internal sealed class CategoryScore
{
    /// <summary>Items planted.</summary>
    public int Planted { get; set; }

    /// <summary>Items gone, with their category's placeholder in their place and nothing else changed.</summary>
    public int Exact { get; set; }

    /// <summary>Items gone, whatever came in their place.</summary>
    public int Gone { get; set; }

    /// <summary>Placeholders of this category in all outputs.</summary>
    public int Placeholders { get; set; }
}
