using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AiFunctions;

/// <summary>Reviews of suspicious prompts and flagged answers.</summary>
/// <inheritdoc cref="BlockFunctions" path="/remarks"/>
public static class ReviewFunctions
{
    /// <summary>Lists reviews.</summary>
    [Function("ListReviews")]
    public static Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/reviews")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Shows a review.</summary>
    [Function("GetReview")]
    public static Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "manage/reviews/{id}")] HttpRequest request) =>
        request.RunOperationAsync();

    /// <summary>Decides a review.</summary>
    [Function("DecideReview")]
    public static Task<IResult> DecideAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "manage/reviews/{id}")] HttpRequest request) =>
        request.RunOperationAsync();
}
