using AiFunctions.Gateway.Reviews;

namespace AiFunctions.Gateway.Tests.Reviews;

public class ReviewOptionsTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(3650, true)]
    [InlineData(0, false)]
    [InlineData(3651, false)]
    public void Days_have_a_range(int days, bool isValid)
    {
        var result = new ReviewOptionsValidator().Validate(null, new ReviewOptions { RetentionDays = days });

        Assert.Equal(isValid, result.Succeeded);
        Assert.Equal(!isValid, result.FailureMessage?.StartsWith("Reviews__RetentionDays ", StringComparison.Ordinal) ?? false);
    }
}
