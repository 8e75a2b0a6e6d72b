using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Says which review is about a text: partition key = client id, row key = the text's id. Written once, before the review itself.</summary>
internal sealed class ReviewPointerEntity : StoredEntity
{
    public string ReviewId { get; set; } = "";
}
