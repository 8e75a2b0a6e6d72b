using AiFunctions.Gateway.Blocks;

namespace AiFunctions.Gateway.Tests.Blocks;

public class LookUpAllowanceTests
{
    [Fact]
    public void Each_second_has_its_own()
    {
        var allowance = new LookUpAllowance();
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(LookUpAllowance.PerSecond, Enumerable.Range(0, 100).Count(_ => allowance.TryTake(now)));
        Assert.False(allowance.TryTake(now + TimeSpan.FromSeconds(0.9)));
        Assert.Equal(LookUpAllowance.PerSecond, Enumerable.Range(0, 100).Count(_ => allowance.TryTake(now + TimeSpan.FromSeconds(1))));
    }
}
