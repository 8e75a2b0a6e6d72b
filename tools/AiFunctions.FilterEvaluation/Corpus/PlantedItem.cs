namespace AiFunctions.FilterEvaluation.Corpus;

/// <summary>An item that a filter must find.</summary>
/// <param name="Category">The category's name in the contract.</param>
/// <param name="Before">Text that belongs before it, such as the name of the value that it is.</param>
/// <param name="Item">What must not survive.</param>
/// <param name="After">Text that belongs after it.</param>
public sealed record PlantedItem(string Category, string Before, string Item, string After = "");
